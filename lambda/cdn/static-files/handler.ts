import type { Logger } from '@aws-lambda-powertools/logger';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { Clock } from './cloudfront-cdn';
import { Publication, publicationOf } from './properties';
import { Cdn, publish, PublishedFiles } from './publication';
import { filesIn } from './release';

export interface HandlerDependencies {
  readonly assetOf: (publication: Publication, clock: Clock) => Promise<Uint8Array>;
  readonly filesOf: (publication: Publication) => PublishedFiles;
  readonly cdnOf: (publication: Publication, callerReference: string, clock: Clock) => Cdn;
  readonly sleep: Clock['sleep'];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export interface OnEventResponse {
  readonly PhysicalResourceId: string;
}

type OnEvent = (event: CloudFormationCustomResourceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<OnEventResponse>;

/**
 * The `onEvent` of CDK's Provider framework:
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#handling-lifecycle-events-onevent
 */
export function createHandler({ assetOf, filesOf, cdnOf, sleep, logger }: HandlerDependencies): OnEvent {
  return async (event, context) => {
    if (event.RequestType === 'Delete') return { PhysicalResourceId: event.PhysicalResourceId }; // files stay for the pages that refer to them
    const clock = { sleep, remainingMilliseconds: () => context.getRemainingTimeInMillis() };
    const publication = publicationOf(event);
    const files = filesIn(await assetOf(publication, clock), publication);
    const { uploaded, forgotten, overwritten } = await publish(files, filesOf(publication), cdnOf(publication, event.RequestId, clock));
    logger.info('published', { files: files.length, uploaded: uploaded.length, forgotten: forgotten.length });
    if (overwritten.length > 0) logger.warn('browsers may keep old contents of files whose names say that they do not change: see hashedFiles', { overwritten });
    // Never another one, which CloudFormation would take for a replacement, and would delete the old one.
    return { PhysicalResourceId: event.RequestType === 'Update' ? event.PhysicalResourceId : publication.journal };
  };
}
