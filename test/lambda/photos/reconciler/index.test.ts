import { createHash } from 'crypto';
import { JsonServer } from '../../fixtures/json-server';
import { S3Server } from '../../fixtures/s3-server';

test('the deployed function finds what stayed in the dropbox and reports it to the queue', async () => {
  const [s3, services] = await Promise.all([S3Server.start(), JsonServer.start()]);
  const output: string[] = [];
  for (const method of ['log', 'info'] as const) jest.spyOn(console, method).mockImplementation((...texts) => { output.push(texts.join(' ')); });
  const environment = { ...process.env };
  try {
    Object.assign(process.env, {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SQS: services.url,
      AWS_ENDPOINT_URL_SSM: services.url,
      POWERTOOLS_DEV: 'true',
      POWERTOOLS_METRICS_DISABLED: 'false',
      POWERTOOLS_SERVICE_NAME: 'Stack/Photos',
      POWERTOOLS_METRICS_NAMESPACE: 'cdk-mainstay/ThumbnailToWasabi',
      DROPBOX: 'dropbox',
      UPLOAD_PREFIX: 'photos/',
      PHOTO_QUEUE_URL: `${services.url}/123456789012/photos`,
      WALK_PARAMETER: 'walk',
      DEADLINE_HOURS: '1', // so every hour is one in which it queues
    });
    services.answers['AmazonSSM.GetParameter'] = () => ({ Parameter: { Value: '{}' } });
    services.answers['AmazonSQS.GetQueueAttributes'] = () => ({ Attributes: { ApproximateNumberOfMessages: '0' } });
    services.answers['AmazonSQS.SendMessageBatch'] = ({ Entries }) => ({
      Successful: Entries.map(({ Id, MessageBody }: any) => ({ Id, MessageId: Id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') })),
    });
    s3.addBucket('dropbox');
    const anHourAgo = new Date(Date.now() - 3_601_000);
    const overdue = s3.put('dropbox', 'photos/a.jpg', 'a', {}, anHourAgo);
    s3.put('dropbox', 'photos/b.jpg', 'b', {}, anHourAgo).tags = { 'cdk-mainstay:rejected': 'corrupt' };
    s3.put('dropbox', 'photos/c.jpg', 'c');

    const { handler } = jest.requireActual('../../../../lambda/photos/reconciler');
    await handler({ source: 'aws.events', time: new Date().toISOString() }, { getRemainingTimeInMillis: () => 300_000 });

    const sent = services.requests.filter(({ target }) => target === 'AmazonSQS.SendMessageBatch').flatMap(({ input }) => input.Entries);
    expect(sent.map(({ MessageBody }: any) => JSON.parse(MessageBody).detail.object)).toEqual([expect.objectContaining({ 'key': 'photos/a.jpg', 'version-id': overdue.versionId })]);
    expect(s3.requests.every(({ method }) => method === 'GET')).toBe(true); // it changes nothing
    const emitted = output.filter((line) => line.includes('OldestOriginalAge')).map((line) => JSON.parse(line));
    expect(emitted).toEqual([expect.objectContaining({ service: 'Stack/Photos', OriginalsRequeued: 1 })]);
    expect(emitted[0].OldestOriginalAge).toBeGreaterThanOrEqual(3601);
    expect(emitted[0]._aws.CloudWatchMetrics).toEqual([expect.objectContaining({ Namespace: 'cdk-mainstay/ThumbnailToWasabi', Dimensions: [['service']] })]);
  } finally {
    process.env = environment;
    await Promise.all([s3.stop(), services.stop()]);
  }
});
