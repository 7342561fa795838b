/** Debian packages that Electron needs without a display. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PACKAGES = [
  'xvfb',
  'xauth',
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libdrm2',
  'libxss1',
  'libxtst6',
  'fonts-dejavu-core',
];

/**
 * Those of the packages that are not installed. Newer Debians add `t64` to some names.
 *
 * @returns {string[]}
 */
function missingDebianPackages() {
  const listed = spawnSync('dpkg-query', ['--show', '--showformat=${Package} ${db:Status-Status}\n'], {
    encoding: 'utf8',
  });
  const installed = new Set(
    listed.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return PACKAGES.filter((name) => !installed.has(name) && !installed.has(`${name}t64`));
}

/**
 * Installs what is missing when root; otherwise prints the one line to run and throws. Does nothing where there is
 * no dpkg.
 */
export async function ensureDebianPackages() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-query')) return;
  const missing = missingDebianPackages();
  if (missing.length === 0) return;
  const install = ['install', '--yes', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0)
    throw new Error(
      `The window needs Debian packages that are missing here. Run this line and start again:\n\n  sudo apt-get ${install.join(' ')}\n`,
    );
  console.log(`Installing Debian packages for a window (about 60 MB): ${missing.join(' ')} …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], install]) {
    const { status, stderr } = spawnSync('apt-get', args, {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    // An update that reached some sources only may still be enough; the installation says.
    if (status !== 0 && args !== install) continue;
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${stderr}`);
  }
}
