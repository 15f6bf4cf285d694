export * from './cdn-content';
export * from './cdn-explanation';
export * from './static-media-cdn-props';
export * from './static-media-cdn';
