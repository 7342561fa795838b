import { expect, it } from 'vitest';
import { opener } from './open-file';

it('opens files where there is a display, and only there', () => {
  expect(opener('linux', {})).toBeNull();
  expect(opener('linux', { DISPLAY: '' })).toBeNull();
  expect(opener('linux', { DISPLAY: ':0' })).toEqual(['xdg-open']);
  expect(opener('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open']);
  expect(opener('darwin', {})).toEqual(['open']);
  expect(opener('win32', {})?.[0]).toBe('cmd');
});
