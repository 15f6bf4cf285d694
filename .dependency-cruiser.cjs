// Which file may import which. `npx projen lint:imports` checks it; an import of types alone counts, too.

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-other-folders-private',
      severity: 'error',
      comment: "Only its own folder imports a private/ file. Export what you need from that folder's public file, or move it to src/shared/ if two folders use it.",
      from: { path: '^src/([^/]+)' },
      to: { path: '^src/.+/private/', pathNot: '^src/$1/' },
    },
    {
      name: 'shared-knows-no-construct',
      severity: 'error',
      comment: 'src/shared/ imports only src/shared/. Pass what the file needs as an argument, or move the file into the folder of the construct.',
      from: { path: '^src/shared/' },
      to: { path: '^src/', pathNot: '^src/shared/' },
    },
    {
      name: 'no-other-constructs-function',
      severity: 'error',
      comment: "A function imports only its own construct's folder and lambda/shared/. Move what functions of two constructs use to lambda/shared/.",
      from: { path: '^lambda/([^/]+)/' },
      to: { path: '^lambda/[^/]+/', pathNot: '^lambda/($1|shared)/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'These files import each other in a circle. Move what both need to a third file, which imports neither.',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    exclude: { path: '(^|/)node_modules/' },
    tsPreCompilationDeps: true, // so that an import of types alone counts
  },
};
