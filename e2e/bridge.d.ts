import type { Bridge } from '#src/contracts/channels';

declare global {
  interface Window {
    readonly heldout: Bridge;
  }
}
