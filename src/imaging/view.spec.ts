import { describe, expect, it } from 'vitest';
import { affineFromColumns, type Affine, type Geometry, type Vector3 } from './geometry';
import { cross } from './vectors';
import { isAnatomical, viewOf, type ViewHints } from './view';

const grid = (affine: Affine, slices = 12): Geometry => ({ dims: [4, 5, slices], affine, calibrated: true });

/** A grid whose normal is turned by `degrees` from superior towards left. */
function tilted(degrees: number): Geometry {
  const angle = (degrees * Math.PI) / 180;
  const normal: Vector3 = [Math.sin(angle), 0, Math.cos(angle)];
  return grid(affineFromColumns([normal[2], 0, -normal[0]], [0, 1, 0], normal, [0, 0, 0]));
}

/** A stack across a direction (LPS). */
function across(direction: Vector3, slices = 12): Geometry {
  const size = Math.hypot(...direction);
  const normal: Vector3 = [direction[0] / size, direction[1] / size, direction[2] / size];
  const row = cross([0, 0, 1], normal);
  return grid(affineFromColumns(row, cross(normal, row), normal, [0, 0, 0]), slices);
}

const hints = (changes: Partial<ViewHints>): ViewHints => ({
  texts: [],
  modality: 'MR',
  bodyPart: '',
  gated: false,
  ...changes,
});
const cine = hints({ gated: true });
const named = (text: string) => hints({ texts: ['', text] });
const AXIAL = tilted(0);
const OBLIQUE = across([1, 1, 1]);
/** The normals of the five patients of the shipped sample, ED and ES alike. */
const SHORT_AXES: Vector3[] = [
  [-0.631, 0.661, 0.406],
  [-0.672, 0.666, 0.323],
  [-0.72, 0.659, 0.218],
  [-0.619, 0.668, 0.413],
  [-0.466, 0.713, 0.523],
];

describe('a view by geometry', () => {
  it.each([
    [0, 'axial'],
    [19.9, 'axial'],
    [20.1, 'oblique'],
    [69.9, 'oblique'],
    [70.1, 'sagittal'],
  ] as const)('names the plane of a normal turned by %d degrees: %s', (degrees, view) => {
    expect(viewOf(tilted(degrees))).toBe(view);
    expect(viewOf(tilted(degrees), cine)).toBe(view);
  });

  it('names coronal planes', () => {
    expect(viewOf(grid(affineFromColumns([1, 0, 0], [0, 0, -1], [0, 1, 0], [0, 0, 0])))).toBe('coronal');
  });

  it.each(SHORT_AXES)('finds the short axis of a heart across (%d, %d, %d)', (...normal) => {
    const geometry = across(normal);
    expect(viewOf(geometry, cine)).toBe('short axis');
    expect(viewOf(geometry, hints({ modality: 'CT', bodyPart: 'HEART' }))).toBe('short axis');
    expect(viewOf(geometry, named('Cardiac LGE'))).toBe('short axis');
    // The direction alone does not make it a heart, nor do phases without a field.
    expect(viewOf(geometry)).toBe('oblique');
    expect(viewOf(geometry, hints({}))).toBe('oblique');
    expect(viewOf(geometry, hints({ modality: 'US', gated: true }))).toBe('oblique');
  });

  it('takes neither a few slices nor another oblique plane of a heart for its short axis', () => {
    expect(viewOf(across([1, -1, -0.7], 5), cine)).toBe('short axis');
    expect(viewOf(across([1, -1, -0.7], 4), cine)).toBe('oblique');
    // Mirrored to the right: across the direction of no ventricle.
    expect(viewOf(across([1, 1, 0.7]), cine)).toBe('oblique');
    expect(viewOf(across([0.5, 0.2, -0.9]), cine)).toBe('oblique');
  });
});

describe('a view by name', () => {
  it.each([
    ...['SAX', 'cine_sax_12sl', 'cineSAX_b1', 'SAX3', 'short axis stack', 'Short-Axis', 'SHORTAXIS'],
    ...['CINE Kurzachse', 'kurze Achse', 'Kurzachsenschnitte', 'ciné petit axe', 'SSAX'],
  ])('"%s" is a short axis, whatever the geometry', (text) => {
    for (const geometry of [AXIAL, OBLIQUE]) expect(viewOf(geometry, named(text))).toBe('short axis');
  });

  it.each([
    ...['LAX', '2ch', '3CH', 'cine_4ch_1', '4 chamber', 'two chamber', 'Four-Chamber view', 'LVOT', 'HLA'],
    ...[
      'long axis',
      'Langachse',
      'lange Achse',
      '4-Kammer-Blick',
      'Vierkammerblick',
      '4 cavités',
      'grand axe',
    ],
  ])('"%s" is a long axis, whatever the geometry', (text) => {
    for (const geometry of [AXIAL, OBLIQUE, across([1, -1, -0.7])])
      expect(viewOf(geometry, { ...named(text), gated: true })).toBe('long axis');
  });

  it('takes SA for the short axis of a heart only', () => {
    expect(viewOf(OBLIQUE, named('A0S9V9_sa'))).toBe('short axis');
    expect(viewOf(AXIAL, named('knee t2 sa'))).toBe('axial');
    expect(viewOf(AXIAL, hints({ texts: ['sa'], bodyPart: 'HEART' }))).toBe('short axis');
  });

  it.each([
    't2 sag',
    'B Ax T1 +C',
    'Saxony',
    'relax',
    '32ch coil',
    'short TI',
    'ISA',
    'axis',
    'long TE',
    'chest 4',
  ])('"%s" names no plane of the heart', (text) => {
    expect(viewOf(AXIAL, named(text))).toBe('axial');
    expect(viewOf(OBLIQUE, named(text))).toBe('oblique');
  });

  it.each(['4ch coil', 'T1 HLA', '2CH', 'SA'])(
    'takes "%s" for no plane of the heart in another part of the body',
    (text) => {
      const brain = hints({ texts: [text], bodyPart: 'BRAIN' });
      expect(viewOf(AXIAL, brain)).toBe('axial');
      expect(viewOf(OBLIQUE, brain)).toBe('oblique');
      for (const bodyPart of ['HEART', 'CHEST', ''])
        expect(viewOf(OBLIQUE, { ...brain, bodyPart })).toBe(text === 'SA' ? 'short axis' : 'long axis');
    },
  );

  it('heeds words in full whatever the body part, which is often wrong', () => {
    expect(viewOf(AXIAL, hints({ texts: ['four chamber'], bodyPart: 'ABDOMEN' }))).toBe('long axis');
    expect(viewOf(OBLIQUE, hints({ texts: ['cine SAX'], bodyPart: 'ABDOMEN' }))).toBe('short axis');
  });

  it('leaves the word to the geometry when both are named', () => {
    expect(viewOf(AXIAL, named('sax and 2ch'))).toBe('axial');
  });
});

it('tells the planes of the body from the others', () => {
  expect((['axial', 'coronal', 'short axis', 'long axis', 'oblique'] as const).map(isAnatomical)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
