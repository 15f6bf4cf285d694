import { REJECTION_REASONS } from '../lambda/photos/thumbnail/rejection';
import { Looks, ODD_INPUTS, OddOutcome } from '../test/lambda/fixtures/odd-inputs';

const SHOWN: Record<Looks, string> = {
  'scene': 'the picture',
  'grey scene': 'the picture, in grey',
  'red': 'its colour',
  'half red': 'its colour, half transparent',
  'black': 'black, as it is',
  'grey': 'grey, as it is',
  'anything': 'whatever the damage looks like',
};

function outcome(of: OddOutcome): string {
  if (of === 'no thumbnail') return 'archived without a thumbnail';
  return typeof of === 'string' ? `rejected: \`${of}\`` : `${of.thumbnail.toUpperCase()} thumbnail: ${SHOWN[of.shows]}`;
}

/** The table of odd inputs, which test/lambda/photos/thumbnail/odd-inputs.table.test.ts tests. */
export function oddInputsPage(): string {
  const sections = Object.entries(ODD_INPUTS).flatMap(([heading, inputs]) => [
    '', `## ${heading}`, '', '| file | outcome |', '|---|---|', ...inputs.map((input) => `| ${input.name} | ${outcome(input.outcome)} |`),
  ]);
  return [
    '# Odd inputs, and what becomes of them',
    '',
    'Generated from the table that the tests run: `test/lambda/fixtures/odd-inputs.ts`. Every file ends in a thumbnail or in a rejection with one',
    `of the reasons ${REJECTION_REASONS.map((reason) => `\`${reason}\``).join(', ')}; or it has too many pixels, and is archived without a thumbnail.`,
    'Each runs with one thumbnail and with three. The thumbnails are compared with what Pillow sees, a decoder that has nothing in common with ours: the mean difference of the channel that',
    'differs most is less than 4 of 255. The original stays as it is in either case. The content decides, never',
    'the name. Why so, and within which bounds: [which pictures are taken](decisions/which-pictures.md). What mutated files do: [fuzzing](fuzzing.md).',
    ...sections,
    '',
  ].join('\n');
}
