export * from './archive-object-lock';
export * from './photo-restore';
export * from './thumbnail-format';
export * from './thumbnail-spec';
export * from './thumbnail-to-wasabi';
