import { Size } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { containerOf, Part } from './setup';
import { ContainerLogs } from '../../src/container-app/container-logs';

const OPTIONS = { Name: 'http', Host: 'logs.example.org' };

function containers(logs: ContainerLogs): { app: Record<string, any>; router: Record<string, any> } {
  const part = new Part();
  part.task({ logs });
  return { app: containerOf(part.template), router: containerOf(part.template, 1) };
}

test('go to CloudWatch without a router', () => {
  const { app, router } = containers(ContainerLogs.cloudWatch());
  expect(app.LogConfiguration.LogDriver).toBe('awslogs');
  expect(router).toBeUndefined();
});

describe('FireLens', () => {
  test('sends the output where its options say', () => {
    expect(containers(ContainerLogs.fireLens({ options: OPTIONS })).app.LogConfiguration).toEqual({ LogDriver: 'awsfirelens', Options: OPTIONS });
  });

  test('needs the name of an output, in any case', () => {
    expect(() => ContainerLogs.fireLens({ options: { Host: 'logs.example.org' } })).toThrow("ContainerLogs.fireLens: 'options' must have the 'Name' of an output of Fluent Bit");
    expect(() => ContainerLogs.fireLens({ options: {} })).toThrow('got none: the router does not start without it');
    expect(() => ContainerLogs.fireLens({ options: { name: 'http' } })).not.toThrow();
  });

  test('runs a router that the task is not without, with memory of its own', () => {
    expect(containers(ContainerLogs.fireLens({ options: OPTIONS })).router).toMatchObject({
      Name: 'log-router',
      Image: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:stable',
      Essential: true,
      FirelensConfiguration: { Type: 'fluentbit' },
      MemoryReservation: 100,
      LogConfiguration: { LogDriver: 'awslogs', Options: { mode: 'non-blocking' } },
    });
    expect(containers(ContainerLogs.fireLens({ options: OPTIONS, memoryReservation: Size.mebibytes(200) })).router.MemoryReservation).toBe(200);
  });

  test('hardens the router as the application', () => {
    expect(containers(ContainerLogs.fireLens({ options: OPTIONS })).router).toMatchObject({
      Privileged: false,
      ReadonlyRootFilesystem: true,
      User: '0',
      LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true, Tmpfs: [{ ContainerPath: '/tmp' }] },
    });
  });

  test('takes secret options and another image', () => {
    const part = new Part();
    const secret = new Secret(part.stack, 'Key');
    const image = ecs.ContainerImage.fromRegistry('example/router:1.0.0');
    part.task({ logs: ContainerLogs.fireLens({ options: OPTIONS, secretOptions: { apikey: ecs.Secret.fromSecretsManager(secret) }, image }) });
    expect(containerOf(part.template).LogConfiguration.SecretOptions).toEqual([{ Name: 'apikey', ValueFrom: part.stack.resolve(secret.secretArn) }]);
    expect(containerOf(part.template, 1).Image).toBe('example/router:1.0.0');
  });

  test('is the application that settings and ports go to', () => {
    const part = new Part();
    const { container, taskDefinition } = part.task({ logs: ContainerLogs.fireLens({ options: OPTIONS }), port: 80 });
    expect(container.containerName).toBe('app');
    expect(taskDefinition.defaultContainer).toBe(container);
  });

  test('fails if the router leaves no memory for the application', () => {
    const logs = ContainerLogs.fireLens({ options: OPTIONS, memoryReservation: Size.mebibytes(384) });
    expect(() => new Part().task({ logs })).toThrow("got 1 paths with 64 MiB each, a log router with 448 MiB and 'memory' of 512 MiB");
    expect(() => new Part().task({ logs, memory: Size.gibibytes(1) })).not.toThrow();
  });

  test('refuses a part of a MiB', () => {
    const logs = ContainerLogs.fireLens({ options: OPTIONS, memoryReservation: Size.kibibytes(100_000) });
    expect(() => new Part().task({ logs })).toThrow("'memoryReservation' must be a whole number of MiB at least 6");
  });

  test.each<[string, unknown, string]>([
    ['no options', {}, "ContainerLogs.fireLens: 'options' of 'options' must be an object with strings as values, got nothing"],
    ['a number', { options: { Port: 1 } }, "'options' of 'options' must be an object with strings as values"],
    ['a secret that is none of ECS', { options: OPTIONS, secretOptions: { key: 'secret' } }, "'secretOptions' of 'options' must be an object with values made by ecs.Secret"],
  ])('refuses %s', (_, options, text) => {
    expect(() => ContainerLogs.fireLens(options as never)).toThrow(text);
  });
});
