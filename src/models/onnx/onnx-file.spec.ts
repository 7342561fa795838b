import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { madeNetwork, onnxruntimeReference as reference } from '../testing/made-network';
import { onnxFile } from './onnx-file';
import { integerField, textField } from './protobuf';
import { unetGraph } from './unet-graph';

describe('the ONNX file of a U-Net', () => {
  const { layout, weights, statistics } = madeNetwork();
  const graph = unetGraph(layout, weights, statistics);
  const file = onnxFile(graph, { name: 'Heldout', version: '1' }, { run: 'made' });

  it('is the one that onnx has checked and onnxruntime has run, byte by byte', async () => {
    const text = `${Buffer.from(file).toString('base64')}\n`;
    await expect(text).toMatchFileSnapshot('fixtures/tiny-unet.onnx.base64');
    expect(createHash('sha256').update(file).digest('hex')).toBe(reference.sha256);
  });

  it('leaves batch and size to the caller', () => {
    expect(graph.input).toEqual({ name: 'image', shape: ['batch', 1, 'height', 'width'] });
    expect(graph.output).toEqual({ name: 'probabilities', shape: ['batch', 3, 'height', 'width'] });
  });

  it('gives every node what another one, the input or a constant makes', () => {
    const made = new Set([graph.input.name, ...graph.constants.map(({ name }) => name)]);
    for (const { inputs, output } of graph.nodes) {
      expect(inputs.filter((input) => !made.has(input))).toEqual([]);
      made.add(output);
    }
    expect(made).toContain(graph.output.name);
    const numbers = graph.constants.reduce((sum, { values }) => sum + values.length, 0);
    // Scale and offset of a normalisation became one offset.
    expect(numbers).toBe(layout.parameterCount - layout.statisticCount);
  });

  it('writes whole numbers in groups of seven bits and refuses others', () => {
    expect([...integerField(1, 300)]).toEqual([8, 0xac, 0x02]);
    expect([...integerField(16, 0)]).toEqual([0x80, 0x01, 0]);
    expect(() => integerField(1, -1)).toThrow(RangeError);
    expect([...textField(2, 'up')]).toEqual([0x12, 2, 0x75, 0x70]);
    expect(() => textField(2, 'ü')).toThrow('not ASCII');
  });
});
