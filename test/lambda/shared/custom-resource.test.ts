import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { CustomResource, handleResource, requiredText } from '../../../lambda/shared/custom-resource';

const handle = (event: object, subject: CustomResource) => handleResource(event as CloudFormationCustomResourceEvent, subject);

function resource() {
  return { createOrUpdate: jest.fn(async () => ({ PhysicalResourceId: 'new', Data: { Name: 'value' } })), delete: jest.fn(async () => undefined) };
}

test('a creation has no former id, and answers what the resource answers', async () => {
  const subject = resource();
  const event = { RequestType: 'Create' };
  expect(await handle(event, subject)).toEqual({ PhysicalResourceId: 'new', Data: { Name: 'value' } });
  expect(subject.createOrUpdate).toHaveBeenCalledWith(event);
});

test('an update gets the former id, and may answer another', async () => {
  const subject = resource();
  const event = { RequestType: 'Update', PhysicalResourceId: 'former' };
  expect(await handle(event, subject)).toMatchObject({ PhysicalResourceId: 'new' });
  expect(subject.createOrUpdate).toHaveBeenCalledWith(event, 'former');
});

test.each([['which deletes', resource()], ['which has nothing to delete', { createOrUpdate: jest.fn() }]])('a deletion answers the same id for a resource %s', async (_, subject) => {
  expect(await handle({ RequestType: 'Delete', PhysicalResourceId: 'former' }, subject)).toEqual({ PhysicalResourceId: 'former' });
  expect(subject.createOrUpdate).not.toHaveBeenCalled();
  if ('delete' in subject) expect(subject.delete).toHaveBeenCalledWith('former');
});

test.each([undefined, '', 3])('a property must be a text, not %p', (value) => {
  expect(() => requiredText({ Name: value }, 'Name')).toThrow(`'Name' must be given, got ${JSON.stringify(value)}`);
});
