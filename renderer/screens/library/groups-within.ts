/** The first groups (each whole) that have `budget` scans together, the last of them perhaps more; one at least. */
export function groupsWithin<Group extends { readonly scans: readonly unknown[] }>(
  groups: readonly Group[],
  budget: number,
): readonly Group[] {
  let scans = 0;
  const end = groups.findIndex((group) => (scans += group.scans.length) >= budget);
  return end < 0 ? groups : groups.slice(0, end + 1);
}
