import { Controller, Get, Header } from '@nestjs/common';
import { ReadinessGate } from '../health/readiness-gate.js';
import { Metrics } from './metrics.js';

/** Prometheus text on the internal port. */
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly gate: ReadinessGate,
  ) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  async text(): Promise<string> {
    this.metrics.ready.set({ app: this.gate.appName }, (await this.gate.isReady()) ? 1 : 0);
    return this.metrics.registry.metrics();
  }
}
