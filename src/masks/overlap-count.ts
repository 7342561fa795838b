/** Counts the voxels that several structures claim, each once however many they are. */
export class OverlapCount {
  #marked: Uint8Array | null = null;
  #count = 0;

  /** @param size voxels that there are */
  constructor(readonly size: number) {}

  get count(): number {
    return this.#count;
  }

  mark(voxel: number): void {
    // Most masks have no overlap, and then this is never needed.
    this.#marked ??= new Uint8Array(this.size);
    if (this.#marked[voxel] !== 0) return;
    this.#marked[voxel] = 1;
    this.#count += 1;
  }
}
