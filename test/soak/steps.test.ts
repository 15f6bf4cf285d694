import { NO_VIOLATIONS, OnePhoto } from './one-photo';
import { RUN_SECONDS } from './photo-system';

let photo: OnePhoto;

beforeAll(async () => {
  photo = await OnePhoto.start('steps');
});

afterAll(() => photo?.stop());

// Once carried out, a request of a large photo leaves the same as if the run were killed before its next.
test.each([['photo', 'before'], ['photo', 'after'], ['huge', 'after']] as const)(
  'a %s whose run is killed %s any one of its requests is archived by the next run, once, and lost by neither', async (kind, moment) => {
    let answer: object | undefined;
    let step = 0;
    while (!answer) {
      step += 1;
      const messages = await photo.dropped(kind);
      let requests = 0;
      answer = await photo.run(messages, () => ++requests === step ? `killed ${moment}` : undefined);
      expect({ step, ...(await photo.audit(answer ? [] : messages)).violations }).toEqual({ step, ...NO_VIOLATIONS });

      expect(await photo.run(messages)).toEqual({ batchItemFailures: [] });
      const { violations, counts } = await photo.audit([]);
      expect({ step, ...violations }).toEqual({ step, ...NO_VIOLATIONS });
      expect({ step, ...counts }).toMatchObject({ step, archived: 1, waiting: 0, orderRepaired: 0, storedAtTheSameTime: 0 });
    }
    expect(step).toBeGreaterThan(7); // a photo takes seven requests at least: get, list, put, get, list, put the thumbnail, delete
  }, 600_000);

test('the parts that a killed run has left are given up by a run that begins when that one cannot be at it any more', async () => {
  const before = (await photo.system.unfinishedUploads()).length;
  const messages = await photo.dropped('huge');
  await photo.run(messages, ({ operation }) => operation === 'CompleteMultipartUpload' ? 'killed before' : undefined);
  expect(await photo.system.unfinishedUploads()).toHaveLength(before + 1);

  await new Promise((resolve) => setTimeout(resolve, 1000 * (RUN_SECONDS + 1)));
  expect(await photo.run(messages)).toEqual({ batchItemFailures: [] });
  expect(await photo.system.unfinishedUploads()).toHaveLength(before);
});
