import { works } from './command.mjs';

const USABLE_PYTHON = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';

/** Why a language cannot be tried on this machine, or false. */
export const lacks = {
  typescript: () => false,
  python: () => !works('python3', '-c', USABLE_PYTHON) && 'Python 3.11 or newer with its venv module is needed',
  java: () => !(works('mvn', '--version') && works('javac', '--version')) && 'Maven and a JDK are needed',
  go: () => !works('go', 'version') && 'Go is needed',
  dotnet: () => false, // Node.js generates it, and nothing compiles it
};
