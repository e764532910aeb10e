// Names for lists that know participants by their id only. Each is asked for once.
import { api } from './api';
import { conference_name, participant_name } from './names';

export interface Owner {
  participant: string;
  /** '' when it is not known in which conference. */
  conference: string;
}

const kAtOnce = 6;

class Owners {
  #names = $state.raw<ReadonlyMap<string, Owner>>(new Map());
  readonly #asked = new Set<string>();

  /** null as long as the name is not known. */
  of(participant_id: string | null): Owner | null {
    return participant_id === null ? null : (this.#names.get(participant_id) ?? null);
  }

  /** Asks for those that were not asked for yet; what fails is left without a name until it is wanted again. */
  async want(participant_ids: Iterable<string | null>, signal: AbortSignal): Promise<void> {
    const fresh = [...new Set(participant_ids)].filter((id): id is string => id !== null && !this.#asked.has(id));
    for (const id of fresh) this.#asked.add(id);
    for (let at = 0; at < fresh.length; at += kAtOnce) {
      const found = await Promise.all(fresh.slice(at, at + kAtOnce).map((id) => this.#ask(id, signal)));
      this.#names = new Map([...this.#names, ...found.filter((one) => one !== null)]);
    }
  }

  async #ask(id: string, signal: AbortSignal): Promise<[string, Owner] | null> {
    try {
      const participant = await api.participant(id, signal);
      return [id, { participant: participant_name(participant), conference: participant.conference ? conference_name(participant.conference) : '' }];
    } catch {
      this.#asked.delete(id);
      return null;
    }
  }
}

export const owners = new Owners();
