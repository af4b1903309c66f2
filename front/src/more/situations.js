/** Eight situations that tell the lesson in order. */
export function situationsMenu() {
  return null;
}
