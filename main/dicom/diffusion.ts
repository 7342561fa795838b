import type { Vector3 } from '#src/imaging/geometry';
import { cross, length, scaled } from '#src/imaging/vectors';
import type { ElementFields } from './element-fields';
import { numberOf, numbersOf, privateTag } from './element-values';
import { orientationOf } from './image-plane';
import { csaImageHeader, csaNumbers } from './siemens-csa';

/** How an image is weighted by diffusion; b in s/mm2. */
export interface Diffusion {
  readonly bValue: number | null;
  /** LPS unit vector; null for none (b 0, trace) or unknown. */
  readonly gradient: Vector3 | null;
}

const UNKNOWN: Diffusion = { bValue: null, gradient: null };
/** Gradients are unit vectors; scanners write longer ones for "none". */
const LONGEST_GRADIENT = 1.1;

/**
 * The b value and gradient direction of a data set's image, from the public elements or, where these are absent, from
 * those of its vendor (Siemens, GE, Philips, United Imaging, Canon). A direction is turned into LPS where the vendor
 * writes it along the axes of the image.
 */
export function diffusionOf(fields: ElementFields): Diffusion {
  const open = publicDiffusion(fields);
  if (open.gradient !== null || (open.bValue !== null && hasNoDirection(fields))) return open;
  // Philips' copies of a classic header name no modality.
  if (!/^(MR|)$/u.test(fields.code('x00080060'))) return open;
  const vendor = [siemens, ge, philips, unitedImaging, canon].reduce<Diffusion>(
    (found, read) => (found.bValue === null ? read(fields) : found),
    UNKNOWN,
  );
  return vendor.bValue === null ? open : vendor;
}

/**
 * The public elements: b value (0018,9087), directionality (0018,9075) and gradient orientation (0018,9089), which is
 * either beside them or in a sequence (0018,9076).
 */
export function publicDiffusion(fields: ElementFields): Diffusion {
  const bValue = numberOf(fields, 'x00189087', 'FD');
  if (hasNoDirection(fields)) return { bValue, gradient: null };
  const holders = [...fields.items('x00189076'), fields];
  const directions = holders.map((holder) => unit(numbersOf(holder, 'x00189089', 'FD')));
  return gradientUnlessZero(bValue, directions.find((direction) => direction !== null) ?? null);
}

function hasNoDirection(fields: ElementFields): boolean {
  return /^(NONE|ISOTROPIC)$/u.test(fields.code('x00189075'));
}

/** (0019,xx0C) and (0019,xx0E), else the CSA header. */
function siemens(fields: ElementFields): Diffusion {
  const value = privateTag(fields, '0019', 'SIEMENS MR HEADER', '0c');
  const direction = privateTag(fields, '0019', 'SIEMENS MR HEADER', '0e');
  const bValue = value === null ? null : numberOf(fields, value, 'IS');
  if (bValue !== null)
    return gradientUnlessZero(bValue, direction === null ? null : unit(numbersOf(fields, direction, 'FD')));
  if (!mayBeDiffusion(fields)) return UNKNOWN;
  const csa = csaImageHeader(fields);
  const [csaValue] = csaNumbers(csa, 'B_value');
  if (csaValue === undefined) return UNKNOWN;
  return gradientUnlessZero(Math.max(0, csaValue), unit(csaNumbers(csa, 'DiffusionGradientDirection')));
}

/** The CSA header takes long to read, and scanners write it into every image. */
function mayBeDiffusion(fields: ElementFields): boolean {
  const sequence = fields.code('x00180020');
  return sequence === '' || /EP/u.test(sequence) || /DIFFUSION|TRACEW|ADC/u.test(fields.code('x00080008'));
}

/**
 * (0043,xx39), whose first value may carry a surplus of 1e9, and (0019,xxBB) to (0019,xxBD) along frequency, phase and
 * slice. A vector shorter than 1 asks for a smaller b than the nominal one: b times its squared length.
 */
function ge(fields: ElementFields): Diffusion {
  const tag = privateTag(fields, '0043', 'GEMS_PARM_01', '39');
  const nominal = tag === null ? null : numberOf(fields, tag, 'IS');
  if (nominal === null) return UNKNOWN;
  const bValue = nominal % 1e9;
  const components = ['bb', 'bc', 'bd'].map((element) => {
    const component = privateTag(fields, '0019', 'GEMS_ACQU_01', element);
    return component === null ? null : numberOf(fields, component, 'DS');
  });
  const [x, y, z] = components;
  if (x == null || y == null || z == null) return { bValue, gradient: null };
  const share = length([x, y, z]);
  if (share <= 0.03) return { bValue: isUnweighted(fields) ? 0 : bValue, gradient: null };
  const effective = share < 0.97 ? Math.round((bValue * share ** 2) / 5) * 5 : bValue;
  return gradientUnlessZero(effective, alongImage(fields, geAxes(fields, [x, y, z])));
}

/** GE writes the series' b for its b 0 images, too; (0043,xx30) is 14 there, and another number for trace images. */
function isUnweighted(fields: ElementFields): boolean {
  const tag = privateTag(fields, '0043', 'GEMS_PARM_01', '30');
  const kind = tag === null ? null : numberOf(fields, tag, 'SS');
  return kind === null || kind === 14;
}

/** From GE's frequency, phase and slice to row, column and normal, as dcm2niix has it; coronal images turn the phase. */
function geAxes(fields: ElementFields, [frequency, phase, slice]: Vector3): Vector3 {
  const along = planeOf(fields) === 'coronal' ? -phase : phase;
  return fields.code('x00181312') === 'ROW' ? [-along, frequency, slice] : [-frequency, -along, slice];
}

/** The patient's plane that the image is nearest to; null without an orientation. */
function planeOf(fields: ElementFields): 'sagittal' | 'coronal' | 'axial' | null {
  const orientation = orientationOf(fields);
  if (orientation === null) return null;
  const [x, y, z] = cross(...orientation).map(Math.abs);
  if (x === undefined || y === undefined || z === undefined) return null;
  return z >= x && z >= y ? 'axial' : y >= x ? 'coronal' : 'sagittal';
}

/** b factor (2001,xx03) and (2005,xxB0) to (2005,xxB2) towards left, posterior and head. */
function philips(fields: ElementFields): Diffusion {
  const tag = privateTag(fields, '2001', 'Philips Imaging DD 001', '03');
  const bValue = tag === null ? null : numberOf(fields, tag, 'FL');
  if (tag === null || bValue === null) return UNKNOWN;
  const isTrace = fields.code(`${tag.slice(0, -2)}04`) === 'I';
  const components = ['b0', 'b1', 'b2'].map((element) => {
    const component = privateTag(fields, '2005', 'Philips MR Imaging DD 001', element);
    return (component === null ? null : numberOf(fields, component, 'FL')) ?? NaN;
  });
  return gradientUnlessZero(bValue, isTrace ? null : unit(components));
}

/** (0065,xx09) and (0065,xx37), along row, column and normal of the image. */
function unitedImaging(fields: ElementFields): Diffusion {
  const value = privateTag(fields, '0065', 'Image Private Header', '09');
  const bValue = value === null ? null : numberOf(fields, value, 'FD');
  if (value === null || bValue === null) return UNKNOWN;
  const [x, y, z] = numbersOf(fields, `${value.slice(0, -2)}37`, 'FD');
  if (x === undefined || y === undefined || z === undefined) return { bValue, gradient: null };
  return gradientUnlessZero(bValue, alongImage(fields, [x, y, z]));
}

/**
 * Image comments like "b=1000(0.1,0.2,0.3)", along phase, frequency and slice. Their directions in the patient are known
 * for axial images with the phase along the columns; the header does not say whether it runs from posterior to anterior,
 * as assumed here. Elsewhere only b is taken.
 */
function canon(fields: ElementFields): Diffusion {
  if (!/^(CANON|TOSHIBA)/iu.test(fields.code('x00080070'))) return UNKNOWN;
  const match = /b=(\d+(?:\.\d+)?)\(([-\d.]+),([-\d.]+),([-\d.]+)\)/u.exec(fields.text('x00204000'));
  if (match === null) return UNKNOWN;
  const [bValue = 0, phase = NaN, frequency = NaN, slice = NaN] = match.slice(1).map(Number);
  const isKnown = planeOf(fields) === 'axial' && fields.code('x00181312') === 'COL';
  return gradientUnlessZero(bValue, isKnown ? alongImage(fields, [-frequency, -phase, slice]) : null);
}

/** A vector along row, column and normal of the image as an LPS unit vector. */
function alongImage(fields: ElementFields, [x, y, z]: Vector3): Vector3 | null {
  const orientation = orientationOf(fields);
  if (orientation === null) return null;
  const [row, column] = orientation;
  const normal = cross(row, column);
  return unit([0, 1, 2].map((n) => x * (row[n] ?? 0) + y * (column[n] ?? 0) + z * (normal[n] ?? 0)));
}

function unit([x, y, z]: readonly number[]): Vector3 | null {
  if (x === undefined || y === undefined || z === undefined) return null;
  const size = length([x, y, z]);
  return size > 0.01 && size <= LONGEST_GRADIENT ? scaled([x, y, z], 1 / size) : null;
}

function gradientUnlessZero(bValue: number | null, gradient: Vector3 | null): Diffusion {
  return { bValue, gradient: bValue === null || bValue === 0 ? null : gradient };
}
