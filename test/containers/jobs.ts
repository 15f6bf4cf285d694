import { ACCOUNT_ADDRESS, Engine } from './engine';
import { image } from './images';
import { Site } from './site';
import { EmulatedAccount } from '../emulator/emulators';

/** Sends jobs as an application does that has the tasks of a Celery worker: by Celery. */
export class JobSender {
  /** The names of all jobs. */
  public readonly sent: string[] = [];
  private sender?: string;

  constructor(private readonly engine: Engine, private readonly account: EmulatedAccount, private readonly site: Site) {}

  /** @param seconds that each job takes */
  public send(name: string, count: number, seconds: number): void {
    this.engine.docker(this.run(['--rm'], `
from tasks import record
for index in range(${count}):
    record.delay(f"${name}-{index}", ${seconds})`));
    this.sent.push(...Array.from({ length: count }, (_, index) => `${name}-${index}`));
  }

  /** As many as two processes work, until `stopSending`. */
  public keepSending(name: string, seconds: number): void {
    this.sender = this.engine.docker(this.run(['--detach', '--init'], `
import signal, sys, time
from tasks import record
signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # how docker stops it, between two jobs only
index = 0
while True:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    record.delay(f"${name}-{index}", ${seconds})
    print(f"${name}-{index}", flush=True)
    index += 1
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    time.sleep(${seconds} / 2)`)).trim();
  }

  public stopSending(): void {
    this.engine.docker(['stop', '--time', '30', this.sender!]);
    this.sent.push(...this.engine.docker(['logs', this.sender!]).trim().split('\n'));
    this.engine.docker(['rm', this.sender!]);
  }

  private run(options: string[], program: string): string[] {
    const { endpoint, region, credentials } = this.account;
    const settings = {
      AWS_ENDPOINT_URL: `http://${ACCOUNT_ADDRESS}:${new URL(endpoint).port}`,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      CELERY_BROKER_URL: 'sqs://',
      TASK_QUEUE_NAME: this.site.output('QueueName'),
      TASK_QUEUE_URL: this.site.output('QueueUrl'),
      SQS_QUEUE_VISIBILITY_TIMEOUT: '60',
      WORKER_VERSION: 'none',
      JOBS_TABLE: 'none',
    };
    const variables = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    return ['run', ...options, '--network', this.engine.network, ...variables, image('worker', '1'), 'python3', '-c', program];
  }
}
