// Builds src/ into the one JS and the one CSS file that the package ships. `node build.mjs --check` compares instead.
import { build } from "esbuild";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const HERE = import.meta.dirname;
const PACKAGE = path.join(HERE, "..", "src", "gradlab");
const STATIC = path.join(PACKAGE, "lab", "static");
const LANGUAGES = ["en", "es"];
/** The rooms whose sentences can reach the screen: the lab's own and those that refuse what a person typed. */
const ROOMS = [
  "data",
  "descent",
  "gradients",
  "lab",
  "losses",
  "models",
  "objective",
  "optimizers",
  "outcome",
  "surface",
];

/** `import catalogue from "catalogue"`: the sentences of ROOMS, by language and key, from the package's own files. */
const catalogue = {
  name: "catalogue",
  setup(builder) {
    builder.onResolve({ filter: /^catalogue$/ }, () => ({ path: "catalogue", namespace: "catalogue" }));
    builder.onLoad({ filter: /.*/, namespace: "catalogue" }, async () => {
      const all = {};
      for (const language of LANGUAGES) {
        all[language] = {};
        for (const room of ROOMS) {
          const file = path.join(PACKAGE, "locale", language, `${room}.json`);
          const sentences = JSON.parse(await readFile(file, "utf8"));
          for (const [key, text] of Object.entries(sentences)) all[language][`${room}.${key}`] = text;
        }
      }
      return { contents: JSON.stringify(all), loader: "json" };
    });
  },
};

const options = {
  entryPoints: [
    { in: path.join(HERE, "src", "lab.js"), out: "lab" },
    { in: path.join(HERE, "src", "style", "lab.css"), out: "lab" },
  ],
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "inline",
  loader: { ".woff2": "dataurl" },
  plugins: [catalogue],
  logLevel: "warning",
};

async function same(a, b) {
  const [left, right] = await Promise.all([readFile(a), readFile(b).catch(() => null)]);
  return right !== null && left.equals(right);
}

async function check() {
  const folder = await mkdtemp(path.join(tmpdir(), "lab-"));
  await build({ ...options, outdir: folder });
  const stale = [];
  for (const name of ["lab.js", "lab.css"]) {
    if (!(await same(path.join(folder, name), path.join(STATIC, name)))) stale.push(name);
  }
  await rm(folder, { recursive: true });
  if (stale.length) {
    console.error(`${stale.join(", ")}: not what front/src builds. Run: npm --prefix front run build`);
    process.exitCode = 1;
  }
}

await (process.argv.includes("--check") ? check() : build({ ...options, outdir: STATIC }));
