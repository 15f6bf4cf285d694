import { tarball } from '../artifacts.mjs';
import { CDK, consumer } from '../consumer.mjs';
import { compile, install, readme, synthesize } from './empty-app.mjs';

consumer('typescript', {
  build: tarball,
  install(app, artifact) {
    install(app, artifact, CDK);
    compile(app);
  },
  synthesize,
  readme,
});
