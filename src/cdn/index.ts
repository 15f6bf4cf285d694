export * from './cdn-content';
export * from './static-media-cdn-props';
export * from './static-media-cdn';
