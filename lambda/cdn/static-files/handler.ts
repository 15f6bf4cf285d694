import type { Logger } from '@aws-lambda-powertools/logger';
import { filesInZip } from './files-in-zip';
import { Publication, publicationOf } from './properties';
import { Cdn, publish, PublishedFiles } from './publication';
import { CustomResource, handleResource, OnEvent } from '../../shared/custom-resource';
import { Deadline, deadlineOf } from '../../shared/deadline';

export interface HandlerDependencies {
  readonly assetOf: (publication: Publication, deadline: Deadline) => Promise<Uint8Array>;
  readonly filesOf: (publication: Publication) => PublishedFiles;
  readonly cdnOf: (publication: Publication, callerReference: string, deadline: Deadline) => Cdn;
  readonly sleep: Deadline['sleep'];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export function createHandler(deps: HandlerDependencies): OnEvent {
  return (event, context) => handleResource(event, staticFiles(deps, deadlineOf(context, deps.sleep)));
}

/** A deletion does nothing: the files stay for the pages that refer to them. */
function staticFiles({ assetOf, filesOf, cdnOf, logger }: HandlerDependencies, deadline: Deadline): CustomResource {
  return {
    async createOrUpdate(event, formerId) {
      const publication = publicationOf(event);
      const files = filesInZip(await assetOf(publication, deadline), publication);
      const { uploaded, invalidated, overwritten } = await publish(files, filesOf(publication), cdnOf(publication, event.RequestId, deadline));
      logger.info('published', { files: files.length, uploaded: uploaded.length, invalidated: invalidated.length });
      if (overwritten.length > 0) logger.warn('browsers may keep old contents of files whose names say that they do not change: see hashedFiles', { overwritten });
      // Never another one, which CloudFormation would take for a replacement, and would delete the old one.
      return { PhysicalResourceId: formerId ?? publication.journal };
    },
  };
}
