// Answers which defects in templates a check catches, question by question: test/mutations/check-processes.ts.
import '../setup/environment';
import './on-newest';
import { CHECKS } from './checks';
import { TEMPLATE_DEFECTS } from './defects';
import { caughtBy } from './trials';

process.on('message', ({ check, defects }: { check: string; defects: string[] }) => {
  const asked = TEMPLATE_DEFECTS.filter(({ name }) => defects.includes(name));
  caughtBy(CHECKS.find(({ name }) => name === check)!, asked).then(
    (caught) => process.send!({ caught: caught.map(({ name }) => name) }),
    (error) => process.send!({ error: error.message }),
  );
});
