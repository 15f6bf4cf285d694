export { functionLogs } from './bundled-function';
