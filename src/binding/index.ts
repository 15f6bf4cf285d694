export * from './binding';
export * from './binding-target';
