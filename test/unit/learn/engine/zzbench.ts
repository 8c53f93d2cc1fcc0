import * as tf from '@tensorflow/tfjs-core';
import { registerWasmKernels } from '../../../../src/learn/engine/wasm/index.js';
import { wasmKernels } from '../../../../src/learn/engine/wasm/fused.js';
import { WasmOptimizer } from '../../../../src/learn/engine/wasm/optimizer.js';
import { dense, registerFused, sigmoidCrossEntropy } from '../../../../src/learn/engine/fused.js';
import { portableKernels } from '../../../../src/learn/engine/portable.js';
import { PortableOptimizer } from '../../../../src/learn/engine/portableOptimizer.js';
import { lossAndGradients } from '../../../../src/learn/step.js';
const mode=process.argv[2]!;
async function main(){
  if(mode!=='plain'&&mode!=='before') registerWasmKernels();
  else await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  registerFused('wasm', mode==='fused'?wasmKernels:portableKernels);
  const opts:any={name:'adam',learningRate:1e-3,beta1:.9,beta2:.999,epsilon:1e-7,momentum:0};
  let seed=1; const rnd=()=>{seed=(seed*1664525+1013904223)%4294967296; return seed/4294967296};
  const init=(shape:number[])=>({shape,data:Float32Array.from({length:shape.reduce((a,b)=>a*b,1)},()=>shape.length===1?0:(rnd()*2-1)*Math.sqrt(6/(784+32)))});
  const values={w1:init([784,32]),b1:init([32]),w2:init([32,784]),b2:init([784])};
  const o= mode==='fused'? new WasmOptimizer(opts,values): new PortableOptimizer(opts,values);
  const data=Array.from({length:10},()=>Float32Array.from({length:256*784},()=>rnd()<.2?rnd():0));
  const step=(i:number)=>{
    const x=tf.tensor2d(data[i%10]!,[256,784]);
    const r= lossAndGradients((v:any)=>{
      if(mode==='plain'||mode==='kernels'){ const h=tf.relu(tf.add(tf.matMul(x,v.w1),v.b1)); const z=tf.add(tf.matMul(h,v.w2),v.b2);
        return tf.mean(tf.add(tf.sub(tf.relu(z),tf.mul(z,x)),tf.log1p(tf.exp(tf.neg(tf.abs(z)))))) as any;}
      return sigmoidCrossEntropy(dense(dense(x,v.w1,v.b1,'relu'),v.w2,v.b2,'linear'),x);
    }, o.values, null);
    o.apply(r.gradients,1e-3); const l=r.loss.dataSync()[0]; tf.dispose([r.loss,x,...Object.values(r.gradients)]); return l;
  };
  for(let i=0;i<20;i++)step(i);
  const n=tf.memory().numTensors; const best:number[]=[];const cpu:number[]=[]; let l;
  for(let t=0;t<Number(process.argv[3]??3);t++){const t0=performance.now(),c0=process.cpuUsage();for(let i=0;i<235;i++)l=step(i);best.push(performance.now()-t0);const c=process.cpuUsage(c0);cpu.push((c.user+c.system)/1000);}
  console.log(mode,'wall ms/epoch',best.map(v=>v.toFixed(0)).join(' '),'cpu ms',cpu.map(v=>v.toFixed(0)).join(' '),'loss',l,'tensors',n,tf.memory().numTensors);
}
void main();
