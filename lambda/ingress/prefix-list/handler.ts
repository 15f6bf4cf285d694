import { CustomResource, handleResource, OnEvent, requiredText } from '../../shared/custom-resource';

/** The prefix lists of AWS in the region. */
export interface PrefixLists {
  idsOf(name: string): Promise<string[]>;
}

export interface HandlerDependencies {
  readonly prefixLists: PrefixLists;
}

export function createHandler({ prefixLists }: HandlerDependencies): OnEvent {
  return async (event) => handleResource(event, prefixList(prefixLists));
}

/** Its physical ID is the id of the prefix list. It owns nothing, so that a deletion has nothing to do. */
function prefixList(prefixLists: PrefixLists): CustomResource {
  return {
    async createOrUpdate({ ResourceProperties }) {
      const name = requiredText(ResourceProperties, 'PrefixListName');
      const [id, ...others] = await prefixLists.idsOf(name);
      if (id === undefined || others.length > 0) throw new Error(`AWS must have one prefix list ${name} in this region, got ${[id, ...others].filter(Boolean).join(', ') || 'none'}`);
      return { PhysicalResourceId: id };
    },
  };
}
