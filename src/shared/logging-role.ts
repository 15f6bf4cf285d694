export { functionRole as loggingRole } from './bundled-function';
