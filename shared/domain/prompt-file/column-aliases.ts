import { nameList } from '../canonical-name.ts';
import type { KnownColumn } from './columns.ts';

/** Columns that say a setting of ours in another unit: in pixels, or as a ratio or a size, whatever the cell holds. */
export const SIZE_COLUMNS = ['size', 'width', 'height'] as const;
export type SizeColumn = (typeof SIZE_COLUMNS)[number];

/**
 * What other tools call our columns, by where the names are from:
 * OpenAI images (platform.openai.com/docs/api-reference/images/create: n, size), chat (max_completion_tokens), batch (custom_id);
 * Google (ai.google.dev/api/generate-content: maxOutputTokens, systemInstruction, imageConfig.imageSize; Imagen on Vertex AI:
 * sampleCount, sampleImageSize; google-genai GenerateImagesConfig: numberOfImages);
 * Ideogram (developer.ideogram.ai: num_images, resolution, style_reference_images);
 * Midjourney (docs.midjourney.com/docs/parameter-list: --ar, --aspect, --repeat);
 * Automatic1111 (/sdapi/v1/txt2img: n_iter, batch_size, width, height, init_images), ComfyUI (EmptyLatentImage: width, height,
 * batch_size; SaveImage: filename_prefix; CLIPTextEncode: positive), diffusers (num_images_per_prompt), Replicate (num_outputs,
 * replicate.com: output names as in its model pages), fal (fal.ai/models: image_size, num_images).
 */
export const ALIASES: Readonly<Record<KnownColumn | SizeColumn, readonly string[]>> = {
  prompt: ['prompts', 'image_prompt', 'text_prompt', 'prompt_text', 'positive_prompt', 'positive'],
  id: ['custom_id'],
  name: ['file_name', 'file_prefix', 'filename_prefix', 'output_filename', 'output_name', 'image_name'],
  model: ['model_id', 'model_name'],
  aspect_ratio: ['aspect', 'ratio', 'ar', 'image_ratio', 'image_aspect_ratio', 'aspect_ratios'],
  image_size: ['sample_image_size', 'image_resolution', 'output_resolution'],
  temperature: ['temp'],
  top_p: ['nucleus_sampling'],
  max_tokens: ['max_output_tokens', 'max_completion_tokens', 'max_new_tokens'],
  system: ['system_prompt', 'system_instruction', 'system_instructions', 'system_message'],
  prompt_prefix: ['prefix_prompt'],
  variants: nameList(`
    n, num, count, num_images, n_images, image_count, images_count, number_of_images, images_per_prompt,
    num_images_per_prompt, num_outputs, number_of_outputs, num_samples, sample_count, candidate_count, n_iter,
    batch_size, batch_count, repeat, variations, num_variants, num_variations`),
  references: nameList(`
    reference, ref, refs, reference_image, reference_images, reference_image_url, reference_image_urls,
    reference_url, reference_urls, ref_image, ref_images, input_image, input_images, init_image, init_images,
    source_image, source_images, style_reference_images`),
  tags: ['tag'],
  size: ['resolution', 'dimensions', 'dimension', 'image_dimensions', 'output_size', 'pixels', 'format_size'],
  width: ['image_width', 'width_px', 'w'],
  height: ['image_height', 'height_px', 'h'],
};

/**
 * Settings of other tools that no model here has, by where the names are from: Ideogram (negative_prompt, seed, magic_prompt,
 * style_type, rendering_speed, color_palette), Midjourney (--no, --seed, --quality, --stylize, --chaos, --weird, --tile, --iw,
 * --sref, --cref, --oref, --niji), OpenAI images (quality, style, background, moderation, output_format, output_compression),
 * Imagen (negativePrompt, personGeneration, guidanceScale, addWatermark), Automatic1111 and ComfyUI (steps, cfg_scale, sampler_name,
 * scheduler, denoising_strength, subseed, restore_faces, tiling, lora), diffusers (num_inference_steps, guidance_scale, strength).
 */
export const UNSUPPORTED: readonly string[] = nameList(`
  negative_prompt, negative_prompts, negative, neg_prompt, neg, seed, seeds, subseed, quality, image_quality,
  style_type, style_preset, magic_prompt, magic_prompt_option, rendering_speed, color_palette, stylize, chaos,
  weird, tile, tiling, niji, sref, cref, oref, image_weight, background, moderation, output_format,
  output_compression, output_quality, person_generation, safety_filter_level, safety_tolerance, add_watermark,
  steps, num_steps, num_inference_steps, inference_steps, cfg, cfg_scale, guidance, guidance_scale, sampler,
  sampler_name, sampling_method, scheduler, denoise, denoising_strength, strength, prompt_strength,
  restore_faces, enable_hr, hr_scale, clip_skip, lora, loras, checkpoint, ckpt_name, sd_model_checkpoint, vae,
  controlnet, mask, top_k, stop, stop_sequences, frequency_penalty, presence_penalty, thinking_budget`);
