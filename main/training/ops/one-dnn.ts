import type { Arena } from './arena';

/** What was found out, for each arena, by the name of the kernel. */
const found = new WeakMap<Arena, Map<string, boolean>>();

/**
 * Whether one of oneDNN's own kernels, which TensorFlow's graphs use and its API does not name, can be called here and
 * gives what it should. They are there in builds for x86 with oneDNN switched on, and work on the CPU only.
 *
 * @param probe calls the kernel on float32 and says whether the result is right; asked once for each arena
 */
export function oneDnnHas(arena: Arena, kernel: string, probe: () => boolean): boolean {
  const kernels = found.get(arena) ?? new Map<string, boolean>();
  found.set(arena, kernels);
  let isThere = kernels.get(kernel);
  if (isThere === undefined) {
    try {
      isThere = !arena.binding.isUsingGpuDevice() && probe();
    } catch {
      isThere = false;
    }
    kernels.set(kernel, isThere);
  }
  return isThere;
}
