export * from './cdn-binding-names';
export * from './cdn-explanation';
export * from './default-content';
export * from './private-media';
export * from './publish-static-props';
export * from './static-files';
export * from './static-media-cdn-props';
export * from './static-media-cdn';
