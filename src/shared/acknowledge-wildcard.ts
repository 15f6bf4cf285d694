export { acknowledgeWildcard } from './acknowledge';
