import { installedTensorflow } from '#main/training/tensorflow-cache';

/** Whether TensorFlow is on this machine; says so where tests are skipped for want of it. */
export function tensorflowForTests(): boolean {
  if (installedTensorflow() !== null) return true;
  console.warn('Skipped: TensorFlow is not installed (heldout doctor --install cpu).');
  return false;
}
