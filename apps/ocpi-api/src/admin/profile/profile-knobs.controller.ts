import { Get } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse } from '@nestjs/swagger';
import { defaultProfile, type Knob, KNOBS, PRESETS } from '#partners';
import { RequiresRole } from '../access/requires-role.js';
import { AdminController } from '../http/admin-controller.js';

class ProfileKnob {
  @ApiProperty()
  name: string;

  @ApiProperty()
  values: string;

  @ApiProperty({ description: 'For 2.2.1 and 2.3.0 where versions differ' })
  default: unknown;

  @ApiProperty()
  doc: string;

  @ApiProperty({ description: 'The check or chapter that asks for it' })
  source: string;
}

class ProfilePreset {
  @ApiProperty()
  name: string;

  @ApiProperty()
  doc: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  knobs: Record<string, unknown>;
}

class ProfileKnobs {
  @ApiProperty({ type: [ProfileKnob] })
  knobs: ProfileKnob[];

  @ApiProperty({ type: [ProfilePreset] })
  presets: ProfilePreset[];
}

@AdminController('profile-knobs', 'Connections')
export class ProfileKnobsController {
  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'Everything in which partners may differ, and profiles many share' })
  @ApiResponse({ status: 200, type: ProfileKnobs })
  list(): ProfileKnobs {
    const defaults: Record<string, unknown> = { ...defaultProfile('2.3.0') };
    return {
      knobs: Object.entries<Knob>(KNOBS).map(([name, { values, doc, source }]) => ({
        name,
        values,
        default: defaults[name],
        doc,
        source,
      })),
      presets: Object.entries(PRESETS).map(([name, preset]) => ({ name, ...preset })),
    };
  }
}
