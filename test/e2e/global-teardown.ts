export default async function (): Promise<void> {
  // A function that does not start says so here only, and the test that waits for it in vain cannot.
  const errors = globalThis.emulators?.errors() ?? [];
  if (errors.length > 0) console.error(['What the emulated account and store complained of last:', ...errors].join('\n'));
  await globalThis.emulators?.stop();
}
