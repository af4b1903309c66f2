/** Keys for the whole lab, where no field has the focus: as in a film, space plays and the arrows go step by step. */

const FIELDS = "input,select,textarea,button,summary,a,[role=button],[role=group][tabindex],[contenteditable]";

/** @param {HTMLElement} root @param {import("./core/store.js").Store} store @param {any} player */
export function takeKeys(root, store, player) {
  const owner = root.closest("[data-gradlab-lab]") ? document : root;
  owner.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.(FIELDS) && event.target !== root) return;
    const act = KEYS[event.key];
    if (!act) return;
    act(store, player);
    event.preventDefault();
  });
}

const still = (go) => (store, player) => {
  player.stop();
  go(store, player);
};

const KEYS = {
  " ": (store, player) => player.toggle(),
  ArrowRight: still((store, player) => player.forward()),
  ArrowLeft: still((store, player) => player.back()),
  Home: still((store) => store.go(0, store.phase)),
  End: still((store) => store.go(Infinity, store.phase)),
  ".": still((store, player) => player.nextPhase()),
  ",": still((store, player) => player.previousPhase()),
};
