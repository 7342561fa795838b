import type { SliceFacts } from '../slice-facts';

/** An axial image of 4 x 3 pixels at height `z` mm that says nothing else, except for `facts`. */
export function sliceAt(z: number, facts: Partial<SliceFacts> = {}): SliceFacts {
  return {
    rows: 3,
    columns: 4,
    position: [0, 0, z],
    orientation: [
      [1, 0, 0],
      [0, 1, 0],
    ],
    pixelSpacing: [1, 1],
    sliceThickness: 1,
    instanceNumber: null,
    temporalPosition: null,
    triggerTime: null,
    acquisitionNumber: null,
    acquisitionTime: null,
    contentTime: null,
    echoTime: null,
    inversionTime: null,
    flipAngle: null,
    bValue: null,
    imageType: 'ORIGINAL\\PRIMARY',
    gradient: null,
    complexPart: null,
    ...facts,
  };
}
