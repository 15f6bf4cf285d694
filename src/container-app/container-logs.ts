import { Size, Token } from 'aws-cdk-lib';
import type { ContainerImage, Secret } from 'aws-cdk-lib/aws-ecs';
import { Checks } from '../shared/checks';
import { PropKinds, required, requireKinds, resource, secretMap, size, textMap } from '../shared/kinds';

/**
 * Where a log router (FireLens) sends the output of a container.
 */
export interface FireLensOptions {
  /**
   * The options of one output of Fluent Bit by name, `Name` among them, such as `{ Name: 'http', Host: 'logs.example.org' }`. Where it calls AWS, allow that to the task role.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html
   */
  readonly options: { [name: string]: string };

  /**
   * Options whose values are secret, such as the key of an API. ECS reads them when a task starts.
   *
   * @default - none
   */
  readonly secretOptions?: { [name: string]: Secret };

  /**
   * The memory of the task that is reserved for the router.
   *
   * @default Size.mebibytes(100)
   */
  readonly memoryReservation?: Size;

  /**
   * The image of the router.
   *
   * @default - AWS for Fluent Bit, in the release that AWS calls stable
   */
  readonly image?: ContainerImage;
}

/**
 * Where the output of a container goes.
 */
export class ContainerLogs {
  /** Into a log group of its own in CloudWatch Logs. The container goes on where CloudWatch does not answer, and drops what exceeds 25 MiB. */
  public static cloudWatch(): ContainerLogs {
    return new ContainerLogs(undefined);
  }

  /**
   * Through a log router (FireLens with Fluent Bit), which runs beside the container and shares its memory. The log group gets the output of the router.
   *
   * @throws if the options name no output
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
   */
  public static fireLens(options: FireLensOptions): ContainerLogs {
    const checks = new Checks('ContainerLogs.fireLens');
    requireKinds(checks.where, options, FIRE_LENS_KINDS, 'options');
    if (!Token.isUnresolved(options.options) && !Object.keys(options.options).some((name) => name.toLowerCase() === 'name')) {
      throw checks.error("'options' must have the 'Name' of an output of Fluent Bit, such as { Name: 'http', Host: 'logs.example.org' }, got none: the router does not start without it");
    }
    return new ContainerLogs(options);
  }

  private constructor(
    /** @internal */
    public readonly _fireLens: FireLensOptions | undefined,
  ) {}
}

const FIRE_LENS_KINDS: PropKinds<FireLensOptions> = {
  image: resource('an image (ecs.ContainerImage)', 'bind'),
  memoryReservation: size,
  options: required(textMap),
  secretOptions: secretMap,
};
