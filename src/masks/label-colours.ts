/**
 * Colours for labels in order, told apart by people with any kind of colour vision (Okabe and Ito 2008, "Color
 * Universal Design"), the ones that read best on grey images first.
 */
export const DEFAULT_LABEL_COLOURS: readonly string[] = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#cc79a7',
  '#d55e00',
  '#0072b2',
];
