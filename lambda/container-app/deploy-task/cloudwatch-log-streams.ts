import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LogStreams } from './on-end';
import { serviceAnswer } from '../../shared/service-answer';

export class CloudWatchLogStreams implements LogStreams {
  constructor(private readonly logs: CloudWatchLogsClient) {}

  async lastLines(logGroupName: string, logStreamName: string, limit: number): Promise<string[]> {
    try {
      const { events = [] } = await this.logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, limit, startFromHead: false }));
      return events.map(({ message }) => message ?? '');
    } catch (error) {
      if (serviceAnswer(error).code === 'ResourceNotFoundException') return []; // a container that wrote nothing has no stream
      throw error;
    }
  }
}
