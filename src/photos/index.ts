export * from './photo-restore';
export * from './thumbnail-spec';
export * from './thumbnail-to-wasabi';
export * from './thumbnail-to-wasabi-props';
