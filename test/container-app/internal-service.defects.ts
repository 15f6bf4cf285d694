import { inFile, SourceDefect } from '../mutations/source-defect';
import { TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = []; // those of the whole app stand beside its tests

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/container-app/private/data-volume.ts', [
    { name: 'data of services is not encrypted', find: 'encrypted: true,', replace: 'encrypted: false,' },
    { name: 'data of services is not encrypted with the key of the user', find: 'kmsKey: props.encryptionKey,', replace: '' },
    { name: 'everybody may write data of services as root', find: 'allowAnonymousAccess: true,', replace: 'allowAnonymousAccess: false,' },
    { name: 'data of services has the default policy of EFS', find: 'fileSystemPolicy: policyOf(this),', replace: '' },
    { name: 'data of services may be mounted without TLS', test: 'test/checks/least-privilege.test.ts', find: "'aws:SecureTransport': 'false'", replace: "'aws:SecureTransport': 'true'" },
    { name: 'data of services may be mounted past the access point', test: 'test/checks/least-privilege.test.ts', find: 'StringNotLike: {', replace: 'StringLike: {' },
    { name: 'who is allowed everything is root on data of services', test: 'test/checks/least-privilege.test.ts', find: "denied('AsRoot', [BE_ROOT])", replace: "denied('AsRoot', ['elasticfilesystem:Nothing'])" },
    { name: 'a task may be root on its data', find: "['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'], this", replace: "['elasticfilesystem:Client*'], this" },
    {
      name: 'a task mounts its data by any access point',
      find: "StringEquals: { 'elasticfilesystem:AccessPointArn': this.accessPoint.accessPointArn }",
      replace: "Bool: { 'aws:SecureTransport': 'true' }",
    },
    { name: 'a task mounts its data in clear', find: "transitEncryption: 'ENABLED',", replace: '' },
    { name: 'a task mounts its data without a name', find: "iam: 'ENABLED' }", replace: "iam: 'DISABLED' }" },
    { name: 'everybody of the machine reads data of services', find: "permissions: '0770'", replace: "permissions: '0777'" },
    { name: 'a task writes its data as root', find: 'posixUser: { uid, gid },', replace: "posixUser: { uid: '0', gid }," },
    { name: 'tasks start before the mount targets', find: 'addDependency(this.fileSystem.mountTargetsAvailable, ...rules)', replace: 'addDependency(...rules)' },
    { name: 'tasks start before they may reach their data', find: 'this.fileSystem.mountTargetsAvailable, ...rules)', replace: 'this.fileSystem.mountTargetsAvailable)' },
    { name: 'data of services has no backups', find: 'removalPolicy !== RemovalPolicy.DESTROY, // backups', replace: 'removalPolicy === RemovalPolicy.DESTROY, // backups' },
    { name: 'a zone more moves mount targets', find: 'this.node.setContext(EFS_MOUNTTARGET_ORDERINSENSITIVE_LOGICAL_ID, true);', replace: '' },
    { name: 'two mount targets are in one zone', find: '{ ...props.vpcSubnets, onePerAz: true }', replace: 'props.vpcSubnets' },
    { name: 'a file system of a moved id', find: "new efs.FileSystem(this, 'FileSystem', {", replace: "new efs.FileSystem(this, 'Files', {" },
    { name: 'data is mounted over the kernel', find: '|| OF_THE_KERNEL.test(dataPath)', replace: '' },
    { name: 'root owns data of services', find: 'if (Number(uid) === 0) throw', replace: 'if (Number(uid) < 0) throw' },
  ]),
  ...inFile('src/container-app/private/service-names.ts', [
    { name: 'ECS makes a namespace of its own', find: 'namespace: this.namespace.namespaceArn,', replace: 'namespace: this.namespace.namespaceName,' },
    { name: 'a client starts before its server', find: '    startAfter(application, resource);\n    this.started', replace: '    this.started' },
    { name: 'services that use each other wait for each other', find: 'return !this.startsAfter(server.service, client) && ', replace: 'return ' },
    { name: 'an internal service waits for a web service, which waits for what uses it', test: 'test/container-app/container-app-with-alb.test.ts', find: ' && (!isInternal || this.published.has(server));', replace: ';' },
    {
      name: 'a deploy task does not wait for what its internal service uses',
      test: 'test/container-app/container-app-with-alb.test.ts',
      find: 'this.started.get(server)?.forEach((needed) => this.startTaskAfter(task, needed));',
      replace: '',
    },
    {
      name: 'a deploy task does not wait for what its internal service uses from a later line on',
      test: 'test/container-app/container-app-with-alb.test.ts',
      find: 'this.tasks.get(client)?.forEach((task) => this.startTaskAfter(task, server.service));',
      replace: '',
    },
    { name: 'a task is told an address of Service Connect, which it has not', find: '!this.isOfApp(client) ||', replace: '(client && !this.isOfApp(client)) ||' },
    { name: 'the second of two services with one name takes it', find: 'if (other && this.isReached(other)) throw', replace: 'if (other && !this.isReached(other)) throw' },
    { name: 'two apps of a network have one zone', find: '.stackName}/${this.app.node.path}`', replace: '.stackName}`' },
    { name: 'tasks never know a server that they set no name of', find: 'if (isConnected) replaceTasksWith', replace: 'if (!isConnected) replaceTasksWith' },
    { name: 'every port of a service is opened', find: 'ec2.Port.tcp(server.port), target)', replace: 'ec2.Port.allTcp(), target)' },
    { name: 'a deploy task starts before what it uses', find: '    if (!client && !fn && this.published.has(server)) this.startTaskAfter(application, server.service);\n', replace: '' },
  ]),
  ...inFile('src/container-app/internal-service.ts', [
    { name: 'a second writer starts beside the first', find: 'minHealthyPercent: 0, maxHealthyPercent: 100', replace: 'minHealthyPercent: 100, maxHealthyPercent: 200' },
    { name: 'two tasks write', find: 'if (isUnknown(tasks) || tasks === 1) return;', replace: 'if (isUnknown(tasks) || tasks >= 1) return;' },
    { name: 'a deploy task waits for a service that waits for it', find: "'tasksBefore' in deployTasks ?", replace: "'tasksAfter' in deployTasks ?" },
    { name: 'a writer is taken back by Fargate Spot', find: 'props.capacity ?? (data && ServiceCapacity.fargate())', replace: 'props.capacity' },
    { name: 'the removal policy of data is that of the profile', test: 'test/container-app/container-app-with-alb.test.ts', find: 'props.removalPolicy ?? profile.removalPolicy', replace: 'profile.removalPolicy ?? props.removalPolicy' },
  ]),
];
