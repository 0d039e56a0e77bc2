import { type LoadBalancer } from './load-balancer.js';
import { type Replicas } from './servers.js';

/** Sends new connections to ready replicas alone, as a Service of Kubernetes does; to be called every now and then. */
export async function followReadiness(
  balancer: LoadBalancer,
  { apis, publicUrls }: Replicas,
): Promise<void> {
  const isReady = await Promise.all(
    apis.map(({ internalUrl }) =>
      fetch(`${internalUrl}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    ),
  );
  balancer.upstreams = publicUrls.filter((_, n) => isReady[n]);
}
