import { join } from 'path';

/** The folder of this repository. */
export const ROOT = join(__dirname, '..', '..');

/** Made by scripts/install.mjs. */
export const PYTHON = join(ROOT, '.venv', 'bin', 'python');

/** The nine photos of the demo and the tests, each the same picture stored in another orientation. */
export const PHOTOS = join(ROOT, 'examples', 'photo-archive', 'photos');
