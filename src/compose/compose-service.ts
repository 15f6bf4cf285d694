/** With where it stands in the file, for errors. */
export interface Given<T> {
  readonly value: T;
  readonly at: string;
}

export interface ComposeBuild {
  readonly context: string;
  readonly dockerfile?: string;
  readonly target?: string;
  readonly args: Record<string, string>;
}

/** All times in seconds. */
export interface ComposeHealthCheck {
  /** As ECS takes it: `CMD` or `CMD-SHELL`, and the command. */
  readonly test: string[];
  readonly interval?: Given<number>;
  readonly timeout?: Given<number>;
  readonly startPeriod?: Given<number>;
  readonly retries?: Given<number>;
}

export interface ComposeDependency {
  readonly service: string;
  readonly condition: string;
  readonly isRequired: boolean;
}

/** A service of a compose file, as far as something on AWS corresponds to it. */
export interface ComposeService {
  readonly name: string;
  readonly at: string;
  /** Where each of its keys stands. */
  readonly places: Map<string, string>;
  readonly image?: Given<string>;
  readonly build?: Given<ComposeBuild>;
  readonly command?: string[];
  readonly entryPoint?: string[];
  readonly environment: Map<string, Given<string>>;
  /** Names of secrets of the file, with the settings that get them. */
  readonly secrets: Map<string, Given<string>>;
  /** The ports of the container. */
  readonly published: Given<number>[];
  readonly exposed: Given<number>[];
  readonly dependsOn: Map<string, Given<ComposeDependency>>;
  readonly links: Given<string>[];
  readonly healthCheck?: Given<ComposeHealthCheck>;
  readonly user?: string;
  readonly workingDirectory?: string;
  readonly isReadOnly?: boolean;
  readonly writablePaths: Given<string>[];
  /** Named volumes. */
  readonly volumes: Given<{ readonly volume: string; readonly target: string }>[];
  readonly capabilities: Given<string>[];
  readonly stopSeconds?: Given<number>;
  readonly cpus?: Given<number>;
  readonly memoryBytes?: Given<number>;
  readonly replicas?: Given<number>;
  readonly platform?: Given<string>;
}

/** A secret of a compose file: its name in Secrets Manager. */
export interface ComposeSecret {
  readonly at: string;
  readonly isExternal: boolean;
  readonly externalName: string;
}
