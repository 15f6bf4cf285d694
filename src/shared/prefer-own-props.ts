import { InjectionContext, IPropertyInjector, PropertyInjectors } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { isPlain, plainCopy } from './plain-copy';

/**
 * The L2s that a construct is made of, and the props that nobody may add to them where we say nothing, as it would take a guarantee back or contradict what
 * we say. By PROPERTY_INJECTION_ID, written out, as reading it from the class loads its module.
 */
export type OwnProps = Readonly<Record<string, readonly string[]>>;

/**
 * Keeps the injectors of an app from changing what is said in a scope: they still add what is left open there.
 */
export function preferOwnProps(scope: IConstruct, ownProps: OwnProps): void {
  PropertyInjectors.of(scope).add(...Object.entries(ownProps).map(([id, notAdded]) => new OwnPropsInjector(id, notAdded, scope)));
}

type Props = Record<string, unknown>;

class OwnPropsInjector implements IPropertyInjector {
  constructor(public readonly constructUniqueId: string, private readonly notAdded: readonly string[], private readonly scope: IConstruct) {}

  public inject(own: Props = {}, context: InjectionContext): Props {
    const injected = this.injectorAbove()?.inject(plainCopy(own), context) as Props ?? {};
    const added = Object.entries(injected).filter(([prop]) => !(prop in own) && !this.notAdded.includes(prop));
    const ofBoth = isPlain(own.environment) && isPlain(injected.environment) && { environment: { ...injected.environment, ...own.environment } };
    return { ...Object.fromEntries(added), ...own, ...ofBoth };
  }

  /** The one that CDK would have asked, had this scope none. */
  private injectorAbove(): IPropertyInjector | undefined {
    const above = this.scope.node.scopes.reverse().slice(1).filter((ancestor) => PropertyInjectors.hasPropertyInjectors(ancestor));
    return above.map((ancestor) => PropertyInjectors.of(ancestor).for(this.constructUniqueId)).find((injector) => injector !== undefined);
  }
}
