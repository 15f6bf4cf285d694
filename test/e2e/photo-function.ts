import { GetFunctionConfigurationCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { EmulatedAccount } from '../emulator/emulators';

/** The photo function, as a deployment configures it. */
export class PhotoFunction {
  private readonly client: LambdaClient;
  private readonly name: string;

  constructor(account: EmulatedAccount, resources: Record<string, string>) {
    this.client = new LambdaClient(account);
    this.name = Object.entries(resources).find(([id]) => /^PhotosPhotoFunction[0-9A-F]{8}$/.test(id))![1];
  }

  /** With other thumbnails than it was deployed with, as after an update of the stack; a whole update is in deployment.test.ts. */
  public async withThumbnails<T>(specs: object[], work: () => Promise<T>): Promise<T> {
    const { Environment } = await this.client.send(new GetFunctionConfigurationCommand({ FunctionName: this.name }));
    const configure = (THUMBNAILS: string) => this.client.send(new UpdateFunctionConfigurationCommand({
      FunctionName: this.name, Environment: { Variables: { ...Environment!.Variables, THUMBNAILS } },
    }));
    await configure(JSON.stringify(specs));
    try {
      return await work();
    } finally {
      await configure(Environment!.Variables!.THUMBNAILS);
    }
  }
}
